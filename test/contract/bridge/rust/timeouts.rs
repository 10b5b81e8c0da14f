//! Sets cache times on its replies.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
            if it.loc.name != Some("absent".into()) {
                return Ok(frame.wind(it));
            }
            let mut xdata = Dict::new();
            xdata.set(NEGATIVE_TIMEOUT, 60.0);
            let failure = reply::Lookup::failure(ENOENT);
            Ok(frame.unwind(reply::Lookup { xdata: Some(&xdata), ..failure }))
        }
        fn lookup_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lookup) -> Answer {
            let mut xdata = reply.xdata.cloned().unwrap_or_default();
            xdata.set(ENTRY_TIMEOUT, 3.5).set(ATTRIBUTE_TIMEOUT, 7.0);
            Ok(frame.unwind(reply::Lookup { xdata: Some(&xdata), ..reply }))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            let mut xdata = reply.xdata.cloned().unwrap_or_default();
            xdata.set(ATTRIBUTE_TIMEOUT, 9.0);
            Ok(frame.unwind(reply::Stat { xdata: Some(&xdata), ..reply }))
        }
    }
}
