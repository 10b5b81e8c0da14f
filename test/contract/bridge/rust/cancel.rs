//! Handles interrupted callers in cancel methods of single fops.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            if frame.answered() {
                info!("stat is answered already");
                return Ok(frame.later());
            }
            Ok(frame.unwind(reply))
        }
        fn stat_cancel(&mut self, _: &mut Frame<Self>) -> Answer {
            info!("stat is not wanted");
            Err(EINTR)
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            Ok(frame.wind(it))
        }
        fn readlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readlink) -> Answer {
            Ok(frame.unwind(reply))
        }
        fn readlink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
            info!("readlink is not wanted");
            Ok(frame.later())
        }
        // Not answered here: access_cancel answers it.
        fn access(&mut self, frame: &mut Frame<Self>, _: fop::Access) -> Answer {
            Ok(frame.later())
        }
        fn access_cancel(&mut self, _: &mut Frame<Self>) -> Answer {
            Err(EINTR)
        }
        fn statfs(&mut self, frame: &mut Frame<Self>, it: fop::Statfs) -> Answer {
            Ok(frame.wind(it))
        }
        fn statfs_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Statfs) -> Answer {
            if frame.answered() {
                return Ok(frame.later());
            }
            Ok(frame.unwind(reply))
        }
        fn statfs_cancel(&mut self, _: &mut Frame<Self>) -> Answer {
            error!("it cannot be stopped");
            Err(EIO)
        }
        fn fsync(&mut self, frame: &mut Frame<Self>, it: fop::Fsync) -> Answer {
            Ok(frame.wind(it))
        }
        fn fsync_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsync) -> Answer {
            Ok(frame.unwind(reply))
        }
    }
}
