"""What stands in for other data sets in tests of what links bring in: their shapes, and invented facts beside true names."""

from __future__ import annotations

TITLE = "https://w3id.org/castgraph/id/title/"
NAMELESS, DOCUMENTARY = TITLE + "race-to-mars-2007/similar-4", TITLE + "race-to-mars-2007/similar-6"
WIKIDATA_GRAPH = "https://w3id.org/castgraph/graph/linked/wikidata"
RACE_ITEM = "http://www.wikidata.org/entity/Q900000001"
WIKIDATA = """
wd:Q900000001 wdt:P31 wd:Q1259759 ; wdt:P345 "tt0824091" ; rdfs:label "Race to Mars"@en , "Le Défi de Mars"@fr , "レース"@ja ;
  wdt:P577 "2007-09-23T00:00:00Z"^^xsd:dateTime , "2008-01-05T00:00:00Z"^^xsd:dateTime ; wdt:P57 wd:Q900000002 ;
  wdt:P161 wd:Q900000003 , wd:Q900000011 , wd:Q900000012 ;
  p:P161 [ ps:P161 wd:Q900000003 ; pq:P453 wd:Q900000020 ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000011 ; pq:P4633 "Hiromi Okuda" ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000012 ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000013 ; pq:P4633 "Lynn Erwin" ; wikibase:rank wikibase:DeprecatedRank ] ;
  p:P725 [ ps:P725 wd:Q900000014 ; pq:P4633 "Ship's Computer" ; wikibase:rank wikibase:NormalRank ] .
wd:Q900000002 rdfs:label "George Mihalka"@en . wd:Q900000003 rdfs:label "Michael Riley"@en , "Michael Riley"@fr .
wd:Q900000011 rdfs:label "Test Performer One"@en . wd:Q900000012 rdfs:label "Test Performer Two"@en .
wd:Q900000013 rdfs:label "Test Performer Three"@en . wd:Q900000014 rdfs:label "Test Performer Four"@en .
wd:Q900000020 rdfs:label "Rick Erwin"@en .
wd:Q900000004 wdt:P31 wd:Q11424 ; wdt:P345 "tt0183523" ; rdfs:label "Mission to Mars"@en ; wdt:P57 wd:Q900000030 ;
  p:P161 [ ps:P161 wd:Q900000009 ; wikibase:rank wikibase:NormalRank ] .
wd:Q900000009 wdt:P31 wd:Q5 ; wdt:P345 "nm0000209" ; rdfs:label "Timothy Robbins"@en .
wd:Q900000030 rdfs:label "Brian De Palma"@en .
"""
DBPEDIA = """
dbr:Mission_to_Mars a dbo:Film ; rdfs:label "Mission to Mars"@en ; foaf:name "Mission to Mars"@en ; dbo:director dbr:Brian_De_Palma ;
  dbo:starring dbr:Gary_Sinise , dbr:Tim_Robbins , dbr:Don_Cheadle , dbr:Test_Performer ; dbo:releaseDate "2000-03-10"^^xsd:date .
dbr:Brian_De_Palma rdfs:label "Brian De Palma"@en .
"""
MOVIES = """movieId,title,genres
3354,Mission to Mars (2000),Sci-Fi
70828,Space Odyssey: Voyage to the Planets (Voyage to the Planets and Beyond) (2004),(no genres listed)
"""
