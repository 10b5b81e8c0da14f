//! Fails every fop.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, _: &mut Frame<Self>, _: fop::Any) -> Answer {
            Err(EDQUOT)
        }
    }
}
