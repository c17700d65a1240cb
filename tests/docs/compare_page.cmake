# cmake -DTOOL=... -DPAGE=... -DWANTED=... -P compare_page.cmake
execute_process(COMMAND ${TOOL} ${PAGE} OUTPUT_VARIABLE got RESULT_VARIABLE code)
file(READ ${WANTED} wanted)
if(NOT code EQUAL 0 OR NOT got STREQUAL wanted)
  message(FATAL_ERROR "${WANTED} is not what the code says; renew it: ${TOOL} ${PAGE} > ${WANTED}")
endif()
