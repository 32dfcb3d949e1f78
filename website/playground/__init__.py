"""The playground: cnncalc in a browser, by Pyodide."""
