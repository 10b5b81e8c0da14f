//! Replaces arguments and parts of replies, by generic methods.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            with_changed(it.values, |values| Ok(frame.wind(fop::Any { values, ..it })))
        }
        fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
            with_changed(reply.values, |values| Ok(frame.unwind(reply::Any { values, ..reply })))
        }
    }
}
