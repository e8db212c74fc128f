package widgets

import "maps"

// A kind is what front ends know a model by.
type kind struct {
	module, version string
	model, view     string
	style           string         // the model of its style, "" for none
	traits          map[string]any // beside those that its family has
}

const (
	base     = "@jupyter-widgets/base"
	controls = "@jupyter-widgets/controls"
	output   = "@jupyter-widgets/output"
)

// described are the traits of controls that carry a label.
var described = map[string]any{"description": "", "description_allow_html": false, "disabled": false}

// gliding are the traits of sliders.
var gliding = map[string]any{
	"behavior": "drag-tap", "continuous_update": true, "orientation": "horizontal", "readout": true,
}

// noHint is what ipywidgets itself sends for the hint in an empty field (the trait
// it calls placeholder, by which name it travels) where the user gives none: a space
// of no width.
const noHint = "\u200b"

// labelled are the traits of texts that only show.
var labelled = map[string]any{"description": "", "description_allow_html": false, "placeholder": noHint}

// The kinds of widgets; makers add the value and its bounds.
var (
	intSlider = kind{controls, "2.0.0", "IntSliderModel", "IntSliderView", "SliderStyleModel",
		merged(described, gliding, map[string]any{"readout_format": "d", "step": 1})}
	floatSlider = kind{controls, "2.0.0", "FloatSliderModel", "FloatSliderView", "SliderStyleModel",
		merged(described, gliding, map[string]any{"readout_format": ".4~g"})}
	floatLogSlider = kind{controls, "2.0.0", "FloatLogSliderModel", "FloatLogSliderView", "SliderStyleModel",
		merged(described, gliding, map[string]any{"readout_format": ".3g", "base": 10.0})}
	dropdown = kind{controls, "2.0.0", "DropdownModel", "DropdownView", "DescriptionStyleModel", described}
	checkbox = kind{controls, "2.0.0", "CheckboxModel", "CheckboxView", "CheckboxStyleModel",
		merged(described, map[string]any{"indent": true})}
	textField = kind{controls, "2.0.0", "TextModel", "TextView", "TextStyleModel",
		merged(described, map[string]any{"continuous_update": true, "placeholder": noHint})}
	button = kind{controls, "2.0.0", "ButtonModel", "ButtonView", "ButtonStyleModel",
		map[string]any{"button_style": "", "description": "", "disabled": false, "icon": ""}}
	label  = kind{controls, "2.0.0", "LabelModel", "LabelView", "LabelStyleModel", labelled}
	html   = kind{controls, "2.0.0", "HTMLModel", "HTMLView", "HTMLStyleModel", labelled}
	image  = kind{controls, "2.0.0", "ImageModel", "ImageView", "", map[string]any{"height": "", "width": ""}}
	hbox   = kind{controls, "2.0.0", "HBoxModel", "HBoxView", "", map[string]any{"box_style": ""}}
	vbox   = kind{controls, "2.0.0", "VBoxModel", "VBoxView", "", map[string]any{"box_style": ""}}
	screen = kind{output, "1.0.0", "OutputModel", "OutputView", "", map[string]any{"msg_id": ""}}
)

// styles are the traits of each style, none of them set.
var styles = map[string]map[string]any{
	"SliderStyleModel":      {"description_width": "", "handle_color": nil},
	"DescriptionStyleModel": {"description_width": ""},
	"CheckboxStyleModel":    {"background": nil, "description_width": ""},
	"TextStyleModel":        {"background": nil, "description_width": "", "font_size": nil, "text_color": nil},
	"HTMLStyleModel":        {"background": nil, "description_width": "", "font_size": nil, "text_color": nil},
	"LabelStyleModel":       merged(fonts, map[string]any{"background": nil, "description_width": ""}),
	"ButtonStyleModel":      merged(fonts, map[string]any{"button_color": nil}),
}

var fonts = map[string]any{
	"font_family": nil, "font_size": nil, "font_style": nil, "font_variant": nil, "font_weight": nil,
	"text_color": nil, "text_decoration": nil,
}

// layoutTraits are the properties of CSS that a layout has, none of them set.
var layoutTraits = []string{
	"align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right", "border_top",
	"bottom", "display", "flex", "flex_flow", "grid_area", "grid_auto_columns", "grid_auto_flow", "grid_auto_rows",
	"grid_column", "grid_gap", "grid_row", "grid_template_areas", "grid_template_columns", "grid_template_rows",
	"height", "justify_content", "justify_items", "left", "margin", "max_height", "max_width", "min_height",
	"min_width", "object_fit", "object_position", "order", "overflow", "padding", "right", "top", "visibility", "width",
}

func merged(all ...map[string]any) map[string]any {
	m := map[string]any{}
	for _, one := range all {
		maps.Copy(m, one)
	}
	return m
}

// identity are the traits by which the page finds the code of a model.
func identity(module, version, model, viewModule, view string) map[string]any {
	return map[string]any{
		"_model_module": module, "_model_module_version": version, "_model_name": model,
		"_view_count": nil, "_view_module": viewModule, "_view_module_version": version, "_view_name": view,
	}
}
