//! Winds every fop to the child and answers with its reply, by generic functions.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            Ok(frame.wind_then(it, |_, frame, reply| Ok(frame.unwind(reply))))
        }
    }
}
