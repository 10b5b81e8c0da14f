//! The first edition of a module that is edited.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    count: i32,
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn statfs(&mut self, _: &mut Frame<Self>, _: fop::Statfs) -> Answer {
            self.count += 1;
            Err(Errno(self.count))
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, _: &mut Frame<Self>, _: reply::Stat) -> Answer {
            Err(ENOENT)
        }
        fn dump_state(&mut self, state: &mut Dict<'static>) {
            state.set("count", self.count);
        }
        fn fini(&mut self) {
            info!("the first edition ends");
        }
    }
}
