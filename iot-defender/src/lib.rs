#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub mod audit;
pub mod cost;
pub mod detect;
mod paging;
mod question;
pub mod remedy;
mod words;
