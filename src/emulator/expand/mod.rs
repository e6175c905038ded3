//! The dialplan's variables, functions and expressions.
