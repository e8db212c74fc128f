package server

import (
	"encoding/json"

	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// record is that of the running cell, where the engine keeps one. Outputs carry
// it in their metadata, so that a notebook that is saved has it.
func (s *Server) record() *engine.Record {
	e, ok := s.engine.(interface{ Record() engine.Record })
	if !ok {
		return nil
	}
	r := e.Record()
	return &r
}

// cellOf is the cell of an execute_request. JupyterLab tells in the metadata which
// of the notebook's cells it is, and which were deleted.
func cellOf(m *wire.Message, code string, count int, silent bool) engine.Cell {
	var metadata struct {
		ID   string   `json:"cellId"`
		Gone []string `json:"deletedCells"`
	}
	if json.Unmarshal(m.Metadata, &metadata) != nil {
		metadata.ID, metadata.Gone = "", nil // no front end that we know
	}
	return engine.Cell{Code: code, Count: count, Silent: silent, ID: metadata.ID, Gone: metadata.Gone}
}
