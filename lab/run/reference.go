package run

// references holds the works that the laboratory cites. Keys are the first
// author's name and the year.
var references = map[string]string{
	"auffinger2013": "A. Auffinger, G. Ben Arous, J. Černý: Random matrices and complexity of spin glasses. Communications on Pure and Applied Mathematics 66 (2013) 165-201.",
	"chaudhari2018": "P. Chaudhari: A Picture of the Energy Landscape of Deep Neural Networks. PhD thesis, University of California, Los Angeles, 2018.",
	"subag2015":     "E. Subag, O. Zeitouni: The extremal process of critical points of the pure p-spin spherical spin glass model. Preprint, 2015; Probability Theory and Related Fields, 2017.",
}

// Reference returns the full reference of a key that the laboratory cites, or
// the key itself when it is not one of the laboratory's: a user's own keys
// pass through.
func Reference(key string) string {
	if r, ok := references[key]; ok {
		return r
	}
	return key
}
