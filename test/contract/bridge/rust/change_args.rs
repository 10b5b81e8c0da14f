//! Replaces every argument, and defines no callback.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            with_changed(it.values, |values| Ok(frame.tail(fop::Any { values, ..it })))
        }
    }
}
