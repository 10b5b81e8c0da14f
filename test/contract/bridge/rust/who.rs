//! Logs the caller of each request.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        const NEEDS: u32 = needs::GROUPS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            let Root { unique, uid, gid, pid, lk_owner, op, groups, .. } = frame.root();
            let name = frame.fop().unwrap().name;
            let is_numbered = *unique > 0;
            info!("[{name:?},{uid},{gid},{pid},{groups:?},{lk_owner:?},{op:?},{is_numbered}]");
            Ok(frame.tail(it))
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            Ok(frame.wind(it))
        }
        fn access_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Access) -> Answer {
            info!("[{:?}, {}]", frame.fop().unwrap().name, frame.root().uid);
            Ok(frame.unwind(reply))
        }
    }
}
