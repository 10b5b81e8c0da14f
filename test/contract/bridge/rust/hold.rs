//! Stores requests until another request releases them.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    kept: Vec<Held<Self>>,
}

translator! {
    impl Translator for Module {
        type Local = String;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            frame.local = it.loc.name.unwrap_or_default().to_string();
            self.kept.push(frame.hold());
            Ok(frame.later())
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            info!("{} is back", frame.local);
            Ok(frame.unwind(reply))
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, _: fop::Readlink) -> Answer {
            self.kept.push(frame.hold());
            Ok(frame.later())
        }
        fn flush(&mut self, frame: &mut Frame<Self>, it: fop::Flush) -> Answer {
            for held in self.kept.drain(..) {
                if let Some(mut frame) = held.frame() {
                    frame.wind_same();
                }
            }
            Ok(frame.tail(it))
        }
    }
}
