//! Requests that share replies: one request to the child for all who ask at the same time, and
//! requests that answer with each other's reply.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    stats: Vec<Held<Self>>,
    asked: bool,
    links: Vec<(Held<Self>, i64, Vec<u8>, Iatt)>,
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            if self.asked {
                self.stats.push(frame.hold());
                return Ok(frame.later());
            }
            self.asked = true;
            Ok(frame.wind_then(it, |this, frame, reply| {
                this.asked = false;
                for held in this.stats.drain(..) {
                    if let Some(mut other) = held.frame() {
                        other.unwind(reply);
                    }
                }
                Ok(frame.unwind(reply))
            }))
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            Ok(frame.wind_then(it, |this, frame, reply| {
                let reply::Readlink { op_ret, path, buf, .. } = reply.check()?;
                match this.links.pop() {
                    None => {
                        let (path, buf) = (path.ok_or(EIO)?.to_vec(), *buf.ok_or(EIO)?);
                        this.links.push((frame.hold(), op_ret, path, buf));
                        Ok(frame.later())
                    }
                    Some((held, other_ret, other_path, other_buf)) => {
                        if let Some(mut other) = held.frame() {
                            other.unwind(reply);
                        }
                        Ok(frame.unwind(reply::Readlink {
                            op_ret: other_ret,
                            path: Some(Name(&other_path)),
                            buf: Some(&other_buf),
                            ..reply::Readlink::default()
                        }))
                    }
                }
            }))
        }
    }
}
