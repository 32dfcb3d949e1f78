// The libraries that the page has as globals, and what its scripts use of the page itself.

declare const dagre: any;
declare const uPlot: any;
