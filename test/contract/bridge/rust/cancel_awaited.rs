//! Handles an interrupted caller between wind and callback: answers itself, or tidies up first.
use super::shapes::*;
use std::cell::Cell;
stateless!(Module);

/// Discards what comes after the answer.
fn pass<'a>(frame: &mut Frame<Module>, reply: impl Reply<'a>) -> Answer {
    if frame.answered() {
        return Ok(frame.later());
    }
    Ok(frame.unwind(reply))
}

translator! {
    impl Translator for Module {
        type Local = Note;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            Ok(frame.wind_then(it, |_, frame, reply| pass(frame, reply)))
        }
        fn stat_cancel(&mut self, _: &mut Frame<Self>) -> Answer {
            info!("stat is cancelled");
            Err(EINTR)
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            Ok(frame.wind_then(it, |_, frame, reply| pass(frame, reply)))
        }
        fn readlink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
            let path = Some("own".into());
            Ok(frame.unwind(reply::Readlink { path, ..reply::Readlink::default() }))
        }
        fn fsync(&mut self, frame: &mut Frame<Self>, it: fop::Fsync) -> Answer {
            frame.local.fd.set(Some(it.fd.keep()));
            Ok(frame.wind(it))
        }
        fn fsync_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsync) -> Answer {
            if frame.local.tidying {
                return Ok(frame.later());
            }
            Ok(frame.unwind(reply))
        }
        fn fsync_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
            frame.local.tidying = true;
            let fd = frame.local.fd.take().ok_or(EIO)?;
            Ok(frame.wind_then(fop::Flush { fd: &fd, xdata: None }, |_, _, _| Err(EINTR)))
        }
        // The reply of both, or the first failure.
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            frame.wind(it);
            Ok(frame.wind(it))
        }
        fn access_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Access) -> Answer {
            frame.local.count += 1;
            if reply.op_ret < 0 || frame.local.count == 2 {
                return pass(frame, reply);
            }
            Ok(frame.later())
        }
        fn access_cancel(&mut self, _: &mut Frame<Self>) -> Answer {
            Err(EINTR)
        }
    }
}

#[derive(Default)]
pub struct Note {
    fd: Cell<Option<Fd<'static>>>,
    tidying: bool,
    count: i32,
}
