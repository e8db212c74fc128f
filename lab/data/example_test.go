package data_test

import (
	"fmt"

	"glassy/lab/data"
)

// The digits come with the program; a fifth of each class is held out.
func Example() {
	train, validation := data.Digits().Split(0.2, 1)
	fmt.Println(train)
	fmt.Println("of each digit held out:", validation.Counts())
	// Output:
	// digits: 1438 samples of shape [1 8 8], 10 classes
	// of each digit held out: [36 36 35 37 36 36 36 36 35 36]
}

// A text as a recurrent network reads it: windows of tokens, each labelled with
// the token after.
func ExampleCorpus_Windows() {
	c, err := data.NewCharacters("hello", "hello, hello, hello!")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c)
	s := c.Windows(c.Train, 5)
	for i := range s.Len() {
		fmt.Printf("%q %q\n", c.Text(s.Tokens[5*i:5*i+5]), c.Text(s.Y[5*i:5*i+5]))
	}
	// Output:
	// hello: 16 tokens to train on, 2 to validate, 2 to test, 7 symbols
	// "hello" "ello,"
	// ", hel" " hell"
	// "lo, h" "o, he"
}
