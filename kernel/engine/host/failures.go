package host

// FailIn shows how what the page has set going fails, should it fail, in place of
// what is displayed under id, until it has ended. The kernel process knows of it
// beforehand: it may be told of the end of this one. How a cell fails shows below
// the cell.
func FailIn(id string) { self.send(Message{Op: "failures", ID: id}) }
