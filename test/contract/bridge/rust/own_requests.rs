//! Winds its own requests from init, hooks, notify, and after an answer.
use super::shapes::*;

pub struct Module {
    volume: Volume<Self>,
}

fn look(volume: Volume<Module>, when: String) {
    let loc = Loc { gfid: Gfid::ROOT, ..Loc::default() };
    let stat = fop::Stat { loc: &loc, xdata: None };
    volume.request().wind_then(stat, move |_, frame, reply| {
        let size = reply.check()?.buf.ok_or(EIO)?.ia_size;
        let key = reply.xdata.and_then(|xdata| xdata.get_str("key"));
        let key = key.map_or("-".into(), |key| key.to_string());
        volume.after(0.001, move |_| info!("{when}: {size} bytes, {key}"));
        Ok(frame.later())
    });
}

translator! {
    impl Translator for Module {
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            look(volume, "init".into());
            Ok(Module { volume })
        }
        fn entry_created(&mut self, loc: &Loc) {
            look(self.volume, loc.name.unwrap_or_default().to_string());
        }
        fn notify(&mut self, event: &str, _: Option<&'static Child>) {
            if event == "CHILD_UP" {
                look(self.volume, event.into());
            }
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            let decided = frame.unwind(reply::Access::default());
            let readlink = fop::Readlink { loc: it.loc, size: 100, xdata: None };
            self.volume.request().wind_then(readlink, |_, frame, reply| {
                if reply.op_ret < 0 {
                    info!("readlink: {}", reply.op_errno);
                }
                Ok(frame.later())
            });
            Ok(decided)
        }
        fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
            frame.wind_then(it, |_, frame, reply| Ok(frame.unwind(reply)));
            // A loc of one's own: the host finds or makes its inode.
            let name = [&*it.loc.name.unwrap_or_default(), b".old"].concat();
            let loc = Loc { parent: it.loc.parent, name: Some(Name(&name)), ..Loc::default() };
            let beside = fop::Lookup { loc: &loc, xdata: None };
            Ok(frame.wind_then(beside, |_, frame, reply| {
                if let Some(buf) = reply.buf {
                    info!("beside: type {}", buf.ia_type);
                }
                Ok(frame.later())
            }))
        }
    }
}
