//! Sees every reply.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
            info!("up {}", reply.op_ret);
            Ok(frame.unwind(reply))
        }
    }
}
