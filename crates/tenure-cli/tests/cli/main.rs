//! The command as a process: what it prints, how it ends, and what it leaves on the disk.

#[cfg(test)]
mod committing;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod input;
#[cfg(test)]
mod log;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod world;
