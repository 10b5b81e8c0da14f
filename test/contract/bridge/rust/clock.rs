//! Sleeps, times out and waits for events without blocking other requests.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    flushes: Vec<Held<Self>>,
}

/// Winds the request, and calls `give_up` if the reply takes longer than 2 s.
fn ask_for_a_while<'a>(
    frame: &mut Frame<Module>,
    args: fop::Any<'a>,
    give_up: fn(&mut Frame<Module>) -> Decided,
) -> Answer {
    let held = frame.hold();
    let volume = frame.volume();
    let timer = volume.after(2.0, move |_| {
        if let Some(mut frame) = held.frame() {
            give_up(&mut frame);
        }
    });
    Ok(frame.wind_then(args, move |_, frame, reply| {
        if frame.answered() {
            return Ok(frame.later());
        }
        volume.cancel(timer);
        Ok(frame.unwind(reply))
    }))
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn stat(&mut self, frame: &mut Frame<Self>, _: fop::Stat) -> Answer {
            hold_until(frame, 5.0, |frame| {
                frame.tail_same();
            })
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            let args = fop::Any { row: it.row(), values: &it.values() };
            ask_for_a_while(frame, args, |frame| frame.fail(ETIMEDOUT))
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            let args = fop::Any { row: it.row(), values: &it.values() };
            ask_for_a_while(frame, args, |frame| {
                let path = Some("late".into());
                frame.unwind(reply::Readlink { path, ..reply::Readlink::default() })
            })
        }
        fn flush(&mut self, frame: &mut Frame<Self>, _: fop::Flush) -> Answer {
            self.flushes.push(frame.hold());
            Ok(frame.later())
        }
        fn fsync(&mut self, frame: &mut Frame<Self>, _: fop::Fsync) -> Answer {
            for held in self.flushes.drain(..) {
                if let Some(mut frame) = held.frame() {
                    frame.unwind(reply::Flush::default());
                }
            }
            Ok(frame.unwind(reply::Fsync::default()))
        }
        fn fstat(&mut self, frame: &mut Frame<Self>, it: fop::Fstat) -> Answer {
            frame.wind_then(it, |_, frame, _| Ok(frame.later()));
            info!("given up");
            Err(ENOTSUP)
        }
        fn statfs(&mut self, frame: &mut Frame<Self>, it: fop::Statfs) -> Answer {
            frame.wind_then(it, |_, frame, _| Ok(frame.later()));
            Err(EINTR)
        }
    }
}
