package host

import (
	"runtime/debug"
	"time"
)

// rest is how long no cell has run when memory that is free goes back to the system.
const rest = time.Second

// loaded notes that a cell was opened. Its packages' globals are memory that the
// collector looks through, and Go lets as much garbage lie as it has live memory and
// globals: with each new cell some 0.2 MB more.
func (s *session) loaded() {
	s.runMu.Lock()
	defer s.runMu.Unlock()
	s.untidy = true
}

// tidy gives that memory back, when cells were opened since and none runs.
func (s *session) tidy() {
	s.runMu.Lock()
	now := s.untidy && len(s.running) == 0
	if now {
		s.untidy = false
	}
	s.runMu.Unlock()
	if now {
		debug.FreeOSMemory()
	}
}
