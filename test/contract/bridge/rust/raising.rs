//! Fails every fop after its own call has returned.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, _: fop::Any) -> Answer {
            hold_until(frame, 0.0, |frame| {
                frame.fail(EDQUOT);
            })
        }
    }
}
