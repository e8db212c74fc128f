package cell

import "encoding/json"

// comm hands a comm message of the front end to the display package's targets.
func (s *session) comm(m json.RawMessage) { _ = m }
