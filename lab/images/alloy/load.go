package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/diag"
	"github.com/grafana/alloy/syntax/parser"
)

// configuration is a file of Alloy's language, its components in an order in which each follows those it names.
type configuration struct {
	path  string
	text  []byte
	nodes []node
}

// node is a component of the file.
type node struct {
	// id is the component's name and label, with a dot between them.
	id    string
	kind  kind
	block *ast.BlockStmt
}

// load reads a file; mistakes are shown where they are in it.
func load(path string) (*configuration, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := &configuration{path: path, text: text}
	file, err := parser.ParseFile(path, text)
	if err != nil {
		return nil, read.shown(err)
	}
	nodes, err := nodesOf(file.Body)
	if err != nil {
		return nil, read.shown(err)
	}
	read.nodes, err = ordered(nodes)
	return read, read.shown(err)
}

// shown prints where in the file each mistake is, and gives an error that names the file.
func (c *configuration) shown(err error) error {
	var mistakes diag.Diagnostics
	if one := (diag.Diagnostic{}); errors.As(err, &one) {
		mistakes.Add(one)
	}
	if len(mistakes) == 0 && !errors.As(err, &mistakes) {
		return err
	}
	printer := diag.NewPrinter(diag.PrinterConfig{ContextLinesBefore: 1, ContextLinesAfter: 1})
	_ = printer.Fprint(os.Stderr, map[string][]byte{c.path: c.text}, mistakes)
	return errors.New("could not load " + c.path)
}

func nodesOf(body ast.Body) ([]node, error) {
	var nodes []node
	var mistakes diag.Diagnostics
	known := map[string]bool{}
	for _, statement := range body {
		block, isBlock := statement.(*ast.BlockStmt)
		if !isBlock {
			mistakes.Add(at(statement, "expected a block, found an attribute"))
			continue
		}
		found, err := nodeOf(block)
		if err == nil && known[found.id] {
			err = fmt.Errorf("block %s is there twice", found.id)
		}
		if err != nil {
			mistakes.Add(at(block, err.Error()))
			continue
		}
		known[found.id] = true
		nodes = append(nodes, found)
	}
	return nodes, mistakes.ErrorOrNil()
}

func nodeOf(block *ast.BlockStmt) (node, error) {
	name := strings.Join(block.Name, ".")
	kind, isKnown := kinds[name]
	switch {
	case !isKnown:
		return node{}, fmt.Errorf("cannot find the definition of component name %q, of which the lab's stand-in knows %s", name, kindNames())
	case kind.unlabelled != (block.Label == ""):
		return node{}, fmt.Errorf("component %q: expected a label, and none where there is one of it, found %q", name, block.Label)
	case kind.unlabelled:
		return node{id: name, kind: kind, block: block}, nil
	}
	return node{id: name + "." + block.Label, kind: kind, block: block}, nil
}

// ordered sorts the components so that each stands after those that its text names.
func ordered(nodes []node) ([]node, error) {
	byID := map[string]node{}
	for _, one := range nodes {
		byID[one.id] = one
	}
	const open, done = 1, 2
	state := map[string]int{}
	sorted := make([]node, 0, len(nodes))
	var visit func(one node) error
	visit = func(one node) error {
		if state[one.id] == done {
			return nil
		}
		if state[one.id] == open {
			return diag.Diagnostics{at(one.block, "expected no circle of components, found one through "+one.id)}
		}
		state[one.id] = open
		for _, name := range namesIn(one.block) {
			if needed, isThere := byID[name]; isThere {
				if err := visit(needed); err != nil {
					return err
				}
			}
		}
		state[one.id] = done
		sorted = append(sorted, one)
		return nil
	}
	for _, one := range nodes {
		if err := visit(one); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

// namesIn are the dotted names in a block's expressions, and their beginnings.
func namesIn(block *ast.BlockStmt) []string {
	found := &names{}
	ast.Walk(found, block)
	return found.found
}

type names struct{ found []string }

// Visit notes a name.
func (n *names) Visit(node ast.Node) ast.Visitor {
	if access, isAccess := node.(*ast.AccessExpr); isAccess {
		n.found = append(n.found, dotted(access))
	}
	return n
}

func dotted(expression ast.Expr) string {
	switch one := expression.(type) {
	case *ast.AccessExpr:
		return dotted(one.Value) + "." + one.Name.Name
	case *ast.IdentifierExpr:
		return one.Ident.Name
	}
	return ""
}

func at(node ast.Node, message string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.SeverityLevelError,
		StartPos: ast.StartPos(node).Position(),
		EndPos:   ast.EndPos(node).Position(),
		Message:  message,
	}
}
