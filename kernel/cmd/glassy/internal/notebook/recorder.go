package notebook

import "sync"

// Recorder collects the outputs of the cells of one run, as a front end would.
// It is safe for concurrent use: a goroutine that a cell started may go on
// printing into that cell.
type Recorder struct {
	mu    sync.Mutex
	shown map[string][]*Output // by display id
}

// NewRecorder is the recorder of a new run.
func NewRecorder() *Recorder { return &Recorder{shown: map[string][]*Output{}} }

// CellRecorder collects the outputs of one cell.
type CellRecorder struct {
	r     *Recorder
	cell  *Cell
	clear bool // with the next output
}

// Begin forgets the outputs that c has and starts to collect new ones. The
// count is its number in the run; 0 for a cell that is not run.
func (r *Recorder) Begin(c *Cell, count int) *CellRecorder {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.executed, c.count, c.outputs = true, count, nil
	return &CellRecorder{r: r, cell: c}
}

// Stream adds text to a stream; texts that follow each other are one output.
func (c *CellRecorder) Stream(name, text string) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if text == "" {
		return
	}
	c.clearIfDue()
	if n := len(c.cell.outputs); n > 0 {
		if last := c.cell.outputs[n-1]; last.Type == "stream" && last.Name == name {
			last.Text += text
			return
		}
	}
	c.cell.outputs = append(c.cell.outputs, &Output{Type: "stream", Name: name, Text: text})
}

// Display adds a rich output. With an id, it also replaces what was shown under
// that id before, in all cells; update does that alone, and adds nothing.
func (c *CellRecorder) Display(data, metadata map[string]any, id string, update bool) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if id != "" {
		for _, o := range c.r.shown[id] {
			o.Data, o.Metadata = data, metadata
		}
	}
	if update {
		return
	}
	c.clearIfDue()
	o := &Output{Type: "display_data", Data: data, Metadata: metadata}
	c.cell.outputs = append(c.cell.outputs, o)
	if id != "" {
		c.r.shown[id] = append(c.r.shown[id], o)
	}
}

// Result adds the value of the cell's last expression.
func (c *CellRecorder) Result(data, metadata map[string]any) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.clearIfDue()
	c.cell.outputs = append(c.cell.outputs, &Output{Type: "execute_result", Data: data, Metadata: metadata, count: c.cell.count})
}

// Error adds the error that ended the cell.
func (c *CellRecorder) Error(name, value string, traceback []string) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.clearIfDue()
	c.cell.outputs = append(c.cell.outputs, &Output{Type: "error", ErrorName: name, ErrorValue: value, Traceback: traceback})
}

// Clear removes the outputs: now, or when the next one comes.
func (c *CellRecorder) Clear(wait bool) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.clear = true
	if !wait {
		c.clearIfDue()
	}
}

// clearIfDue removes the outputs if that was asked for. Those that are gone
// are updated no more.
func (c *CellRecorder) clearIfDue() {
	if !c.clear {
		return
	}
	gone := map[*Output]bool{}
	for _, o := range c.cell.outputs {
		gone[o] = true
	}
	for id, outputs := range c.r.shown {
		kept := outputs[:0]
		for _, o := range outputs {
			if !gone[o] {
				kept = append(kept, o)
			}
		}
		c.r.shown[id] = kept
	}
	c.cell.outputs, c.clear = nil, false
}

// Bytes is the file of nb, taken between two outputs.
func (r *Recorder) Bytes(nb *Notebook) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return nb.Bytes()
}

// Outputs are those of a cell that was executed, a copy.
func (r *Recorder) Outputs(c *Cell) []Output {
	r.mu.Lock()
	defer r.mu.Unlock()
	outputs := make([]Output, len(c.outputs))
	for i, o := range c.outputs {
		outputs[i] = *o
	}
	return outputs
}
