package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
)

// judgeArgo is `GetResourceHealth` of Argo CD 3.2 with a script in argocd-cm: gitops-engine pkg/health/health.go for what is
// being deleted, then `ExecuteHealthLua` in util/lua/lua.go. A script that fails makes the health Unknown.
func judgeArgo(object *unstructured.Unstructured, script string) verdict {
	if object.GetDeletionTimestamp() != nil {
		return verdict{Status: "Progressing", Message: "Pending deletion"}
	}
	result, err := runLua(object, script)
	if err != nil {
		return verdict{Status: "Unknown", Message: err.Error()}
	}
	if result.Type() == lua.LTNil {
		return verdict{}
	}
	var health verdict
	if err := decode(result, &health); err != nil {
		return verdict{Status: "Unknown", Message: err.Error()}
	}
	if !slices.Contains([]string{"Unknown", "Progressing", "Healthy", "Suspended", "Degraded", "Missing"}, health.Status) {
		return verdict{Status: "Unknown", Message: "Lua returned an invalid health status"}
	}
	return health
}

// runAction is `ExecuteResourceAction` and, for a discovery script, `ExecuteResourceActionDiscovery`: the table that is returned.
func runAction(object *unstructured.Unstructured, script string) (any, error) {
	result, err := runLua(object, script)
	if err != nil {
		return nil, err
	}
	var table any
	if err := decode(result, &table); err != nil {
		return nil, err
	}
	return restoreEmptyObjects(table, object.Object), nil
}

// runLua is `runLuaWithResourceActionParameters`, without the open libraries, as the scripts of argocd-cm run: base, table, package
// and of os the clock only; one second.
func runLua(object *unstructured.Unstructured, script string) (lua.LValue, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
		{lua.OsLibName, openClock},
	} {
		call := lua.P{Fn: state.NewFunction(library.open), NRet: 0, Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return nil, err
		}
	}
	state.PreloadModule(lua.OsLibName, loadClock)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("actionParams", state.NewTable())
	state.SetGlobal("obj", toLua(state, object.Object))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	return state.Get(-1), nil
}

// openClock is `OpenSafeOs`: it registers under the name of the table library, so a script reaches it by require("os") only.
func openClock(state *lua.LState) int {
	state.Push(state.RegisterModule(lua.TabLibName, clock()))
	return 1
}

func loadClock(state *lua.LState) int {
	state.Push(state.SetFuncs(state.NewTable(), clock()))
	return 1
}

// clock has what scripts take the time with; Argo CD's own `date` knows more formats than the one that is used here.
func clock() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"time": func(state *lua.LState) int {
			state.Push(lua.LNumber(time.Now().Unix()))
			return 1
		},
		"date": func(state *lua.LState) int {
			const format = "!%Y-%m-%dT%H:%M:%SZ"
			if state.CheckString(1) != format {
				state.RaiseError("the judge knows os.date(%q) only", format)
			}
			state.Push(lua.LString(time.Now().UTC().Format(time.RFC3339)))
			return 1
		},
	}
}

// decode takes a table out of Lua through JSON, as Argo CD does.
func decode(value lua.LValue, into any) error {
	if value.Type() != lua.LTTable {
		return fmt.Errorf("expect table output from Lua script, not %s", value.Type())
	}
	text, err := luajson.Encode(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// toLua is `decodeValue`.
func toLua(state *lua.LState, value any) lua.LValue {
	switch converted := value.(type) {
	case bool:
		return lua.LBool(converted)
	case float64:
		return lua.LNumber(converted)
	case int64:
		return lua.LNumber(converted)
	case string:
		return lua.LString(converted)
	case []any:
		array := state.CreateTable(len(converted), 0)
		for _, item := range converted {
			array.Append(toLua(state, item))
		}
		return array
	case map[string]any:
		table := state.CreateTable(0, len(converted))
		for key, item := range converted {
			table.RawSetH(lua.LString(key), toLua(state, item))
		}
		return table
	}
	return lua.LNil
}

// restoreEmptyObjects is `cleanReturnedObj`: an empty table of Lua comes out as an empty list, also where it was an object.
func restoreEmptyObjects(returned, original any) any {
	switch value := returned.(type) {
	case map[string]any:
		before, _ := original.(map[string]any)
		for key, item := range value {
			value[key] = restoreEmptyObjects(item, before[key])
		}
	case []any:
		if _, isObject := original.(map[string]any); isObject && len(value) == 0 {
			return map[string]any{}
		}
		before, _ := original.([]any)
		for index := range min(len(value), len(before)) {
			value[index] = restoreEmptyObjects(value[index], before[index])
		}
	}
	return returned
}
