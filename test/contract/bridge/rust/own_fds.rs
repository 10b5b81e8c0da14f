//! Opens, uses and closes files by its own requests.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    kept: Vec<Fd<'static>>,
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn getxattr(&mut self, frame: &mut Frame<Self>, it: fop::Getxattr) -> Answer {
            let loc = Loc { inode: it.loc.inode, ..Loc::default() };
            let open = fop::Open { loc: &loc, flags: O_RDONLY, fd: None, xdata: None };
            Ok(frame.wind_then(open, |_, frame, reply| {
                let fd = *reply.check()?.fd.ok_or(EIO)?;
                let kept = fd.keep();
                let readv = fop::Readv { fd: &fd, size: 100, offset: 0, flags: 0, xdata: None };
                Ok(frame.wind_then(readv, move |_, frame, reply| {
                    frame.close(&kept);
                    let mut dict = Dict::new();
                    dict.set("content", reply.check()?.vector.unwrap_or_default());
                    let dict = Some(&dict);
                    Ok(frame.unwind(reply::Getxattr { dict, ..reply::Getxattr::default() }))
                }))
            }))
        }
        fn removexattr(&mut self, frame: &mut Frame<Self>, it: fop::Removexattr) -> Answer {
            let loc = Loc { parent: it.loc.parent, name: Some(it.name), ..Loc::default() };
            let (flags, mode, umask) = (O_RDWR, 0o600, 0);
            let create = fop::Create { loc: &loc, flags, mode, umask, fd: None, xdata: None };
            Ok(frame.wind_then(create, |this, frame, reply| {
                let fd = reply.check()?.fd.ok_or(EIO)?;
                this.kept.push(fd.keep());
                let (vector, offset, flags) = (&b"content"[..], 0, 0);
                let writev = fop::Writev { fd, vector, offset, flags, xdata: None };
                Ok(frame.wind_then(writev, |_, frame, reply| {
                    reply.check()?;
                    Ok(frame.unwind(reply::Removexattr::default()))
                }))
            }))
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            let opendir = fop::Opendir { loc: it.loc, fd: None, xdata: None };
            Ok(frame.wind_then(opendir, |_, frame, reply| {
                let fd = reply.check()?.fd.ok_or(EIO)?;
                if !fd.is_dir {
                    return Err(ENOTDIR);
                }
                let kept = fd.keep();
                let readdir = fop::Readdir { fd, size: 100, offset: 0, xdata: None };
                Ok(frame.wind_then(readdir, move |_, frame, reply| {
                    frame.close(&kept);
                    info!("{} entries", reply.op_ret);
                    Ok(frame.unwind(reply::Access::default()))
                }))
            }))
        }
        fn flush(&mut self, frame: &mut Frame<Self>, it: fop::Flush) -> Answer {
            frame.close(it.fd);
            Ok(frame.later())
        }
        fn fsync(&mut self, frame: &mut Frame<Self>, _: fop::Fsync) -> Answer {
            frame.close(&self.kept[0]);
            Ok(frame.unwind(reply::Fsync::default()))
        }
    }
}
