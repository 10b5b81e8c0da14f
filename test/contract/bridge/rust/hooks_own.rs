//! Logs created and removed names, and answers every fop without its child.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            answer_own(frame, it, 0)
        }
        fn entry_created(&mut self, loc: &Loc) {
            log_name('+', loc);
        }
        fn entry_removed(&mut self, loc: &Loc) {
            log_name('-', loc);
        }
    }
}
