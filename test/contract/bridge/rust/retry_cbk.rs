//! Winds to the child again after a failure, from the callback.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            if reply.op_ret < 0 && reply.op_errno == EAGAIN {
                return Ok(frame.wind_same());
            }
            Ok(frame.unwind(reply))
        }
    }
}
