//! Passes every fop on without naming an argument.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, _: fop::Any) -> Answer {
            Ok(frame.tail_same())
        }
    }
}
