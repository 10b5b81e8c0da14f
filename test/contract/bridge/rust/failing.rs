//! Fails each fop in a different way.
use super::shapes::*;

const NO_ERRNO: Errno = Errno(0);

#[derive(Default)]
pub struct Module {
    count: i32,
    kept: Vec<Held<Self>>,
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
        fn access(&mut self, _: &mut Frame<Self>, _: fop::Access) -> Answer {
            Err(NO_ERRNO)
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, _: &mut Frame<Self>, _: reply::Stat) -> Answer {
            Err(NO_ERRNO)
        }
        fn flush(&mut self, frame: &mut Frame<Self>, it: fop::Flush) -> Answer {
            let mut xdata = Dict::new();
            xdata.set("mine", 1);
            frame.wind_then(fop::Flush { xdata: Some(&xdata), ..it }, |_, frame, reply| {
                Ok(frame.unwind(reply))
            });
            Err(NO_ERRNO)
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, _: fop::Readlink) -> Answer {
            self.kept.push(frame.hold());
            Ok(frame.later())
        }
        fn fsync(&mut self, _: &mut Frame<Self>, _: fop::Fsync) -> Answer {
            let round = Cell::new(0u64);
            loop {
                round.set(round.get().wrapping_add(1));
            }
        }
    }
}
