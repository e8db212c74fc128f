// This file is empty: its presence lets labels.go declare a function without a body.
