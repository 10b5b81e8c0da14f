//! Logs created and removed names in hooks; defines no fop.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn entry_created(&mut self, loc: &Loc) {
            log_name('+', loc);
        }
        fn entry_removed(&mut self, loc: &Loc) {
            log_name('-', loc);
        }
    }
}
