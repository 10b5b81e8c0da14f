//! Logs created and removed names, with every fop and callback defined.
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
            Ok(frame.unwind(reply))
        }
        fn entry_created(&mut self, loc: &Loc) {
            log_name('+', loc);
        }
        fn entry_removed(&mut self, loc: &Loc) {
            log_name('-', loc);
        }
    }
}
