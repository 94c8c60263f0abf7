//! Instants, spans, windows, sets of instants, recurring hours.
