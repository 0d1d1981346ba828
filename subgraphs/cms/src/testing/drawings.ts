/** Drawings of 240 × 120 pixels as tools write them, reduced to what is special about each tool. */
export const EXPORTS: Record<string, string> = {
  Inkscape: `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="63.5mm" height="31.75mm" viewBox="0 0 63.5 31.75" version="1.1" id="svg5"
   inkscape:version="1.2.2" sodipodi:docname="drawing.svg" xml:space="preserve"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
   xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"
   xmlns:svg="http://www.w3.org/2000/svg" xmlns:cc="http://creativecommons.org/ns#"
   xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:zoom="0.75"/>
  <defs id="defs2">
    <linearGradient inkscape:collect="always" id="linearGradient857">
      <stop style="stop-color:#ff8800;stop-opacity:1;" offset="0" id="stop853"/>
      <stop style="stop-color:#0088ff;stop-opacity:0;" offset="1" id="stop855"/>
    </linearGradient>
    <linearGradient xlink:href="#linearGradient857" id="linearGradient859" x1="0" x2="60"
      gradientUnits="userSpaceOnUse"/>
    <inkscape:path-effect effect="spiro" id="path-effect1"/>
  </defs>
  <metadata><rdf:RDF><cc:Work rdf:about=""/></rdf:RDF></metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1">
    <rect style="fill:url(#linearGradient859);stroke:#000000;stroke-width:0.5;-inkscape-stroke:none"
       id="rect234" width="50" height="20" x="5" y="5" ry="2.5" sodipodi:nodetypes="cc"/>
    <text xml:space="preserve" style="font-size:5px;line-height:1.25;font-family:sans-serif" x="8" y="20"
       id="text1"><tspan sodipodi:role="line" id="tspan1" x="8" y="20">a &lt; b</tspan></text>
  </g>
</svg>
`,

  Illustrator: `\uFEFF<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
	 xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/" x="0px" y="0px" width="240px" height="120px"
	 viewBox="0 0 240 120" style="enable-background:new 0 0 240 120;" xml:space="preserve">
<style type="text/css">
<![CDATA[
	.st0{fill:url(#SVGID_1_);}
	.st1{clip-path:url(#SVGID_2_);fill:#E94E1B;}
	.st2{fill:none;stroke:#000000;stroke-miterlimit:10;}
]]>
</style>
<switch>
	<foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/" x="0" y="0" width="1" height="1">
		<i:pgfRef xlink:href="#adobe_illustrator_pgf"></i:pgfRef>
	</foreignObject>
	<g i:extraneous="self">
		<radialGradient id="SVGID_1_" cx="60" cy="60" r="50" gradientTransform="matrix(1 0 0 -1 0 120)" gradientUnits="userSpaceOnUse">
			<stop  offset="0" style="stop-color:#FFFFFF"/>
			<stop  offset="1" style="stop-color:#1D71B8"/>
		</radialGradient>
		<circle class="st0" cx="60" cy="60" r="50"/>
		<defs><rect id="SVGID_0_" x="130" y="20" width="60" height="60"/></defs>
		<clipPath id="SVGID_2_"><use xlink:href="#SVGID_0_"  style="overflow:visible;"/></clipPath>
		<path class="st1" d="M120,10l100,0l0,100z"/>
		<polyline class="st2" points="10,110 120,60 230,110 "/>
	</g>
</switch>
</svg>
`,

  'Illustrator 10': `<?xml version="1.0" encoding="iso-8859-1"?>
<!-- Generator: Adobe Illustrator 10.0, SVG Export Plug-In . SVG Version: 3.0.0 Build 76)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [
	<!ENTITY ns_flows "http://ns.adobe.com/Flows/1.0/">
	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
	<!ENTITY ns_svg "http://www.w3.org/2000/svg">
	<!ENTITY ns_xlink "http://www.w3.org/1999/xlink">
	<!ENTITY st0 "fill:url(#XMLID_1_);">
	<!ENTITY st1 "fill:#E94E1B;stroke:#000000;">
]>
<svg xmlns:x="&ns_extend;" xmlns="&ns_svg;" xmlns:xlink="&ns_xlink;" xmlns:a="http://ns.adobe.com/AdobeSVGViewerExtensions/3.0/"
	 width="240" height="120" viewBox="0 0 240 120" overflow="visible" enable-background="new 0 0 240 120" xml:space="preserve">
	<metadata><variableSets xmlns="&ns_flows;"><variableSet varSetName="binding1"/></variableSets></metadata>
	<linearGradient id="XMLID_1_" gradientUnits="userSpaceOnUse" x1="10" y1="10" x2="110" y2="110">
		<stop  offset="0" style="stop-color:#FFFFFF"/>
		<stop  offset="1" style="stop-color:#1D71B8"/>
		<a:midPointStop  offset="0.5" style="stop-color:#FFFFFF"/>
	</linearGradient>
	<rect style="&st0;" x="10" y="10" width="100" height="100"/>
	<path style="&st1;" d="M120,10l100,0l0,100z"/>
</svg>
`,

  Figma: `<svg width="240" height="120" viewBox="0 0 240 120" fill="none" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g clip-path="url(#clip0_1_2)">
<rect width="240" height="120" fill="white"/>
<g filter="url(#filter0_d_1_2)">
<path fill-rule="evenodd" clip-rule="evenodd" d="M20 20H120V90H20V20ZM40 40V70H100V40H40Z" fill="#0D99FF"/>
</g>
<mask id="mask0_1_2" style="mask-type:alpha" maskUnits="userSpaceOnUse" x="140" y="20" width="80" height="80">
<circle cx="180" cy="60" r="40" fill="#D9D9D9"/>
</mask>
<g mask="url(#mask0_1_2)"><rect x="140" y="20" width="80" height="50" fill="url(#pattern0)"/></g>
</g>
<defs>
<filter id="filter0_d_1_2" x="16" y="20" width="108" height="78" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB">
<feFlood flood-opacity="0" result="BackgroundImageFix"/>
<feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0" result="hardAlpha"/>
<feOffset dy="4"/>
<feGaussianBlur stdDeviation="2"/>
<feComposite in2="hardAlpha" operator="out"/>
<feColorMatrix type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0.25 0"/>
<feBlend mode="normal" in2="BackgroundImageFix" result="effect1_dropShadow_1_2"/>
<feBlend mode="normal" in="SourceGraphic" in2="effect1_dropShadow_1_2" result="shape"/>
</filter>
<pattern id="pattern0" patternContentUnits="objectBoundingBox" width="1" height="1">
<use xlink:href="#image0_1_2" transform="scale(0.5)"/>
</pattern>
<clipPath id="clip0_1_2"><rect width="240" height="120" fill="white"/></clipPath>
<image id="image0_1_2" width="2" height="2" xlink:href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP4z8DAwMDA+J+BgYGBAQAR5gH+7m8J2wAAAABJRU5ErkJggg=="/>
</defs>
</svg>
`,
};
