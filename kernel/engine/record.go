package engine

import (
	"go/token"
	"go/types"
	"maps"
	"math"

	"glassy/kernel/engine/host"
)

// Record is what it takes to have a cell's result again, and what it cost.
type Record struct {
	Glassy  string            `json:"glassy,omitempty"` // version, or the commit it was built from
	Go      string            `json:"go,omitempty"`
	Modules map[string]string `json:"modules,omitempty"` // of others, whose packages the cell used → version
	Device  string            `json:"device,omitempty"`
	Threads int               `json:"threads,omitempty"`
	Seed    string            `json:"seed,omitempty"` // of %seed
	Wall    float64           `json:"wall_s"`         // that the cell's code ran; 0 while it runs
	CPU     float64           `json:"cpu_s"`          // of all threads
}

// Record is that of the running cell, as far as it is known, or of the last one.
func (s *Session) Record() Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.record
	r.Modules = maps.Clone(r.Modules)
	return r
}

// beginRecord begins that of a cell. Device and threads are those after the last
// cell: only a cell can change them.
func (s *Session) beginRecord() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record = Record{Glassy: s.cfg.Version, Go: s.record.Go, Device: s.record.Device, Threads: s.record.Threads, Seed: s.seed()}
}

// recordUse notes what a part of the cell is made of.
func (s *Session) recordUse(u *compiled) {
	paths := map[string]bool{}
	for _, path := range u.pkgs {
		paths[path] = true
	}
	eachUsed(u.uses, func(name string) *entity { return s.scope.live[name] }, func(e *entity) {
		for _, path := range e.imports {
			paths[path] = true
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.Seed = s.seed()
	for path := range paths {
		if m := s.packages[path].Module; m != nil && m.Version != "" && m.Path != "glassy" {
			if s.record.Modules == nil {
				s.record.Modules = map[string]string{}
			}
			s.record.Modules[m.Path] = m.Version
		}
	}
}

// recordCost notes what the session process tells of a run.
func (s *Session) recordCost(c *host.Cost) {
	if c == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	micro := func(t float64) float64 { return math.Round(t*1e6) / 1e6 }
	s.record.Wall, s.record.CPU = micro(s.record.Wall+c.Wall), micro(s.record.CPU+c.CPU)
	s.record.Go, s.record.Device, s.record.Threads = c.Go, c.Device, c.Threads
}

// seed is the constant that %seed declares.
func (s *Session) seed() string {
	if e := s.scope.live[seedName]; e != nil && e.kind == token.CONST {
		return e.obj.(*types.Const).Val().ExactString()
	}
	return ""
}
