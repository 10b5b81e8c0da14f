//! Counts the requests for each inode and fd in its ctx.
use super::shapes::*;
stateless!(Module);

fn count(object: &impl Context) -> i32 {
    let count = object.ctx_or(|| Cell::new(0));
    count.set(count.get() + 1);
    count.get()
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            info!("{} {}", it.loc.name.unwrap_or_default(), count(&it.loc.inode.ok_or(EIO)?));
            Ok(frame.tail(it))
        }
        fn lookup_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lookup) -> Answer {
            if let Some(inode) = reply.inode {
                info!("new {}", count(inode));
            }
            Ok(frame.unwind(reply))
        }
        fn fstat(&mut self, frame: &mut Frame<Self>, it: fop::Fstat) -> Answer {
            info!("fd {} inode {}", count(it.fd), count(&it.fd.inode));
            Ok(frame.tail(it))
        }
    }
}
