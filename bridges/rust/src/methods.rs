//! The methods that a translator defines, by the numbers of their fops. What is not defined is not
//! compiled.

use crate::core::Kept;
use crate::fops::{FOPS, FOP_COUNT};
use crate::frame::{Answer, Frame};
use crate::record::Reader;
use crate::translator::Translator;

pub type FopMethod<T> = fn(&mut T, &mut Frame<T>, Reader) -> Answer;
pub type CbkMethod<T> = fn(&mut T, &mut Frame<T>, Kept, Reader) -> Answer;
pub type CancelMethod<T> = fn(&mut T, &mut Frame<T>) -> Answer;

/// A method of a translator, with the number of its fop.
pub enum Method<T: Translator> {
    Fop(usize, FopMethod<T>),
    Cbk(usize, CbkMethod<T>),
    Cancel(usize, CancelMethod<T>),
    AnyFop(FopMethod<T>),
    AnyCbk(CbkMethod<T>),
    AnyCancel(CancelMethod<T>),
    Hook(&'static str),
}

/// The methods for one fop.
pub(crate) struct Handlers<T: Translator> {
    pub(crate) fop: Option<FopMethod<T>>,
    pub(crate) cbk: Option<CbkMethod<T>>,
    pub(crate) cancel: Option<CancelMethod<T>>,
}

impl<T: Translator> Clone for Handlers<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Translator> Copy for Handlers<T> {}

/// Sorts the translator's methods by the numbers of their fops.
pub(crate) fn sort_methods<T: Translator>() -> Vec<Handlers<T>> {
    let mut any = Handlers { fop: None, cbk: None, cancel: None };
    let mut handlers = vec![any; FOP_COUNT];
    for method in T::METHODS {
        match *method {
            Method::Fop(number, method) => handlers[number].fop = Some(method),
            Method::Cbk(number, method) => handlers[number].cbk = Some(method),
            Method::Cancel(number, method) => handlers[number].cancel = Some(method),
            Method::AnyFop(method) => any.fop = Some(method),
            Method::AnyCbk(method) => any.cbk = Some(method),
            Method::AnyCancel(method) => any.cancel = Some(method),
            Method::Hook(_) => {}
        }
    }
    for (handlers, row) in handlers.iter_mut().zip(&FOPS) {
        // A number without a fop has no name.
        if !row.name.is_empty() {
            handlers.fop = handlers.fop.or(any.fop);
            handlers.cbk = handlers.cbk.or(any.cbk);
            handlers.cancel = handlers.cancel.or(any.cancel);
        }
    }
    handlers
}

impl<T: Translator> Handlers<T> {
    /// The flags that the host gets: 1 for a method, 2 for a callback, 4 for a cancel method.
    pub(crate) fn flags(&self) -> i64 {
        i64::from(self.fop.is_some())
            + 2 * i64::from(self.cbk.is_some())
            + 4 * i64::from(self.cancel.is_some())
    }
}

/// True if the translator defines this hook.
pub(crate) fn has_hook<T: Translator>(name: &str) -> bool {
    T::METHODS.iter().any(|method| matches!(method, Method::Hook(hook) if *hook == name))
}
