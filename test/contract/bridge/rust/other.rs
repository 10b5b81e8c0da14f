//! Winds a stat before it passes a removal on.
use super::shapes::*;
stateless!(Module);

impl Module {
    fn looked(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
        info!("it has {} bytes", reply.check()?.buf.ok_or(EIO)?.ia_size);
        Ok(frame.tail_same())
    }
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn unlink(&mut self, frame: &mut Frame<Self>, it: fop::Unlink) -> Answer {
            Ok(frame.wind_then(fop::Stat { loc: it.loc, xdata: None }, Self::looked))
        }
        fn rmdir(&mut self, frame: &mut Frame<Self>, it: fop::Rmdir) -> Answer {
            Ok(frame.wind_then(fop::Stat { loc: it.loc, xdata: None }, Self::looked))
        }
    }
}
