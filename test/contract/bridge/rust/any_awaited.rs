//! Winds every fop to its child, with the callback named in the wind.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            info!("down {}", it.row.name);
            Ok(frame.wind_then(it, |_, frame, reply| {
                info!("up {}", reply.op_ret);
                Ok(frame.unwind(reply))
            }))
        }
    }
}
