//! Asterisk's own database (AstDB): values by family and key.

use super::{Spec, command};
use crate::reply::plain::{inverted, value, yes};
use crate::text::{Text, Value};
use crate::wire::Word;

command! {
    /// Reads an entry.
    ///
    /// `DATABASE GET family key` → `200 result=1 (value)`, of any length, or `200 result=0`: `None`.
    ///
    /// After hangup: runs. Asterisk: `handle_dbget`.
    DatabaseGet<'a> = Spec::new("DATABASE GET", 2, 2).dead().text(), value => Option<Value>,
    (family: Text<'a>, key: Text<'a>) {}
    |this, line| line.text("family", this.family).text("key", this.key)
}

command! {
    /// Writes an entry, or changes it.
    ///
    /// `DATABASE PUT family key value` → `200 result=1` done, `200 result=0` not: `false`.
    ///
    /// After hangup: runs. Asterisk: `handle_dbput`.
    DatabasePut<'a> = Spec::new("DATABASE PUT", 3, 3).dead(), yes => bool,
    (family: Text<'a>, key: Text<'a>, value: Text<'a>) {}
    |this, line| line.text("family", this.family).text("key", this.key).text("value", this.value)
}

command! {
    /// Removes an entry.
    ///
    /// `DATABASE DEL family key` → `200 result=1`, also when there was none; `200 result=0`, `false`, when
    /// the database refused.
    ///
    /// After hangup: runs. Asterisk: `handle_dbdel`.
    DatabaseDel<'a> = Spec::new("DATABASE DEL", 2, 2).dead(), yes => bool,
    (family: Text<'a>, key: Text<'a>) {}
    |this, line| line.text("family", this.family).text("key", this.key)
}

command! {
    /// Removes a family, or the part of it below a key. `true` when something was removed.
    ///
    /// `DATABASE DELTREE family [tree]` → `200 result=0` when something was removed and `200 result=1` when
    /// there was nothing or the database refused: the other way round than Asterisk documents it, and turned
    /// right here.
    ///
    /// After hangup: runs. Asterisk: `handle_dbdeltree`.
    DatabaseDeltree<'a> = Spec::new("DATABASE DELTREE", 1, 2).dead(), inverted => bool,
    (family: Text<'a>) {
        /// The part of the family: `a` stands for `a` and `a/b`.
        tree: Text<'a>,
    }
    |this, line| line.text("family", this.family).tail([("tree", this.tree.map(Word::Text), "")])
}
