//! The second edition of a module that is edited.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    count: i64,
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn statfs(&mut self, _: &mut Frame<Self>, _: fop::Statfs) -> Answer {
            self.count += 1;
            Err(Errno(self.count as i32))
        }
        fn access(&mut self, _: &mut Frame<Self>, _: fop::Access) -> Answer {
            Err(EACCES)
        }
        fn load_state(&mut self, state: &Dict) {
            self.count = state.get_int("count").unwrap_or_default();
        }
    }
}
