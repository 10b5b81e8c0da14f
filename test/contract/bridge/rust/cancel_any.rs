//! Handles every interrupted caller in one generic cancel method.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            Ok(frame.wind(it))
        }
        fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
            if frame.answered() {
                return Ok(frame.later());
            }
            Ok(frame.unwind(reply))
        }
        fn any_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
            info!("any {}", frame.fop().unwrap().name);
            Err(EINTR)
        }
        fn stat_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
            info!("own {}", frame.fop().unwrap().name);
            Err(EINTR)
        }
    }
}
