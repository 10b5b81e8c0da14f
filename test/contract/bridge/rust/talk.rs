//! Logs at every level.
use super::shapes::*;
stateless!(Module);

fn costly() -> &'static str {
    panic!("this line is never read");
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            critical!("critical");
            error!("error {}", 1);
            warning!("warning");
            info!("info");
            debug!("debug");
            debug!("trace");
            info!("printed {} {}", 1, 2);
            info!("half a line, and the rest");
            info!("and another");
            warning!("to stderr");
            info!("wrong %d");
            info!("a name: {}", it.loc.name.unwrap_or_default());
            Ok(frame.tail(it))
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            debug!("{}", costly());
            Ok(frame.tail(it))
        }
    }
}
