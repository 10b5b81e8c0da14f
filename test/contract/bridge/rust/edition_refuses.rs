//! An edition that refuses to start.
use super::shapes::*;
pub struct Module;
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Err("not today".into())
        }
    }
}
