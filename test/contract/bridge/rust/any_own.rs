//! Has methods of single fops beside the generic ones.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            info!("any {}", it.row.name);
            Ok(frame.wind(it))
        }
        fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
            info!("any {}_cbk", reply.row.name);
            Ok(frame.unwind(reply))
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            info!("own stat");
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            info!("own stat_cbk");
            Ok(frame.unwind(reply))
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            info!("own readlink");
            Ok(frame.wind(it))
        }
        fn statfs_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Statfs) -> Answer {
            info!("own statfs_cbk");
            Ok(frame.unwind(reply))
        }
    }
}
