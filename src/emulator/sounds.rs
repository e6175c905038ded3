//! The sounds that exist, and how long each is.
