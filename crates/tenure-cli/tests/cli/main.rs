//! The command as a process: what it prints, how it ends, and what it leaves on the disk.

extern crate alloc;

#[cfg(test)]
mod adopting;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod checking;
#[cfg(test)]
mod committing;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod drawing;
#[cfg(test)]
mod formatting;
#[cfg(test)]
mod input;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod log;
#[cfg(test)]
#[cfg(unix)]
mod readme;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod schema_of_answers;
#[cfg(test)]
mod schema_of_decisions;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod world;
