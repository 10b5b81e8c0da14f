//! Sets timers.
use super::shapes::*;

pub struct Module {
    again: TimerId,
    count: i32,
}

fn ask(volume: Volume<Module>) {
    let loc = Loc { gfid: Gfid::ROOT, ..Loc::default() };
    volume.request().wind_then(fop::Statfs { loc: &loc, xdata: None }, |_, frame, reply| {
        info!("asked, {}", reply.op_ret);
        Ok(frame.later())
    });
}

translator! {
    impl Translator for Module {
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            volume.after(1.0, |_| info!("once a, b"));
            let again = volume.every(2.0, move |this| {
                this.count += 1;
                info!("again {}", this.count);
                if this.count == 3 {
                    volume.cancel(this.again);
                }
            });
            volume.after(3.0, |_| error!("fail: out of order"));
            volume.after(5.0, move |_| ask(volume));
            volume.cancel(volume.after(1.0, |_| info!("once never")));
            Ok(Module { again, count: 0 })
        }
        fn fsync(&mut self, frame: &mut Frame<Self>, _: fop::Fsync) -> Answer {
            hold_until(frame, 0.05, |frame| {
                frame.unwind(reply::Fsync { op_ret: 7, ..reply::Fsync::default() });
            })
        }
    }
}
